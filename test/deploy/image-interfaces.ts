/** What an image offers: which ports its program listens on and which variables it reads. */
export interface ImageInterface {
  ports: readonly number[];
  variables: readonly string[];
}

/** What `deploy/temporal/*.sh` and the tools that they call read. */
const ADMIN_TOOLS = [
  'SQL_DATABASE',
  'SQL_HOST',
  'SQL_PASSWORD',
  'SQL_PLUGIN',
  'SQL_PORT',
  'SQL_USER',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
] as const;

/**
 * The images that are not built here, by repository; of their variables those that a deployment of Causeway could want.
 *
 * Sources: the image's own page for PostgreSQL; `common/config/config_template_embedded.yaml` (read by the server since
 * 1.30), `tools/sql/main.go` and `docker/targets/*.Dockerfile` of temporalio/temporal; `server/docker/config-template.yaml`
 * of temporalio/ui.
 */
export const IMAGE_INTERFACES: Readonly<Record<string, ImageInterface>> = {
  postgres: {
    ports: [5432],
    variables: ['PGDATA', 'POSTGRES_DB', 'POSTGRES_INITDB_ARGS', 'POSTGRES_PASSWORD', 'POSTGRES_USER'],
  },
  'temporalio/server': {
    ports: [7233, 7243],
    variables: [
      'BIND_ON_IP',
      'DB',
      'DBNAME',
      'DB_PORT',
      'DYNAMIC_CONFIG_FILE_PATH',
      'LOG_LEVEL',
      'NUM_HISTORY_SHARDS',
      'POSTGRES_PWD',
      'POSTGRES_SEEDS',
      'POSTGRES_USER',
      'PROMETHEUS_ENDPOINT',
      'SQL_CA',
      'SQL_HOST_NAME',
      'SQL_HOST_VERIFICATION',
      'SQL_TLS_ENABLED',
      'TEMPORAL_BROADCAST_ADDRESS',
      'VISIBILITY_DBNAME',
    ],
  },
  'temporalio/admin-tools': { ports: [], variables: ADMIN_TOOLS },
  'temporalio/ui': {
    ports: [8080],
    variables: [
      'TEMPORAL_ADDRESS',
      'TEMPORAL_CORS_ORIGINS',
      'TEMPORAL_DEFAULT_NAMESPACE',
      'TEMPORAL_NOTIFY_ON_NEW_VERSION',
      'TEMPORAL_UI_PORT',
    ],
  },
};
