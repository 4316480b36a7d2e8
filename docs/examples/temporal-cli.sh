#!/bin/sh
# Starts a request and tells it that the customer has accepted, with nothing but Temporal's own command line.
#
#   docs/examples/temporal-cli.sh request.json
#
# `temporal` is found by TEMPORAL_CLI or on the PATH, the server by TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.
set -eu
request=$1
temporal=${TEMPORAL_CLI:-temporal}

# The workflow id is made of two fields of the request: one connection has one request under way.
field() { sed -n 's/.*"'"$1"'": *"\([^"]*\)".*/\1/p' "$request"; }
connection=$(field organizationId)/$(field vpcId)

# Starting it twice while it runs gives the same run.
"$temporal" workflow start --type provisionPeering --task-queue causeway \
  --workflow-id "provision-peering/$connection" \
  --id-conflict-policy UseExisting --id-reuse-policy AllowDuplicate \
  --input-file "$request"

# "The customer says it has accepted": Causeway looks at AWS, and believes only that.
"$temporal" workflow signal --workflow-id "provision-peering/$connection" \
  --name customerAccepted --input '{"by":"temporal-cli.sh"}'

"$temporal" workflow query --workflow-id "provision-peering/$connection" --type status
