/** What the document of the API says beside the routes. */
export const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'Causeway',
    version: '1.0.0',
    description:
      "Private paths between a provider and its customers' AWS networks, by VPC peering. Orders are answered with 202 once Temporal has them; the status says what came of them. Errors are application/problem+json with a stable `code`.",
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
};
