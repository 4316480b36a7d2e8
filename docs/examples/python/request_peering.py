"""Starts a request and tells it that the customer has accepted, with Temporal's SDK for Python (`pip install temporalio`).

    python docs/examples/python/request_peering.py request.json

The server is found by TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE. Prints the status as JSON once the request waits for its
customer, has become active, or is over.
"""

import asyncio
import json
import os
import sys

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

WORKING = {"planning", "building-network", "requesting", "configuring", "releasing"}


async def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        request = json.load(file)
    client = await Client.connect(
        os.environ.get("TEMPORAL_ADDRESS", "localhost:7233"),
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "default"),
    )
    # Starting it twice while it runs gives the same run.
    handle = await client.start_workflow(
        "provisionPeering",
        request,
        id=f"provision-peering/{request['organizationId']}/{request['vpcId']}",
        task_queue="causeway",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
    )
    # Causeway looks at AWS, and believes only that; a signal that comes too early does no harm.
    await handle.signal("customerAccepted", {"by": "request_peering.py"})
    status = await handle.query("status")
    while status["state"] in WORKING:
        await asyncio.sleep(0.5)
        status = await handle.query("status")
    print(json.dumps(status))


asyncio.run(main(sys.argv[1]))
# The SDK's threads outlive the loop, and Python's own way out may abort on them (temporalio/sdk-python issue 300).
sys.stdout.flush()
os._exit(0)
