/**
 * A service that gives a new customer its private path: asks for the peering, tells the customer when it is their turn, and
 * waits for days if it must. It can be killed at any moment and started again with the same request.
 *
 *   node --import tsx docs/examples/onboarding-service.ts request.json
 *
 * Temporal is found by TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE. Ctrl-C ends the service; the request goes on.
 */
import { readFile } from 'node:fs/promises';
import {
  CausewayClient,
  CausewayError,
  connectByEnvironment,
  type PeeringStatus,
  type WrittenRequest,
} from 'causeway/client';

/** Whatever your own software does when there is news for a customer. */
type Tell = (message: string) => void;

/** @returns the connection once it is up; null when the service is told to stop before */
async function connectCustomer(
  causeway: CausewayClient,
  request: WrittenRequest,
  { tell, signal }: { tell: Tell; signal: AbortSignal },
): Promise<PeeringStatus | null> {
  try {
    // Started or found: asking again after a restart gives the same run.
    const { wasUnderWay, isAsRequested } = await causeway.request(request);
    tell(wasUnderWay ? 'the request was under way already' : 'requested');
    if (isAsRequested === false) throw new Error('another request for the same VPC is under way');
  } catch (error) {
    // One code for each thing that can go wrong, the same that a run fails with.
    if (!(error instanceof CausewayError) || error.code !== 'AlreadyConnected') throw error;
    tell('the connection is up already');
  }
  let who = '';
  for await (const status of causeway.watch(request, { signal, longestMs: 2_000 })) {
    if (status.state === 'active') return status;
    if (status.failure !== null) throw new CausewayError(status.failure.code, status.failure.message);
    if (status.nextStep.who !== who) tell(`${status.state}: ${status.nextStep.what}`);
    who = status.nextStep.who;
  }
  return null;
}

async function main(path: string): Promise<void> {
  // Your own code makes the request of what it knows about the customer; Causeway checks every field.
  const request = JSON.parse(await readFile(path, 'utf8')) as WrittenRequest;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const temporal = await connectByEnvironment();
  try {
    const tell: Tell = (message) => void process.stdout.write(`${message}\n`);
    const connected = await connectCustomer(new CausewayClient(temporal), request, {
      tell,
      signal: stop.signal,
    });
    if (connected !== null) tell(`active: ${connected.nextStep.what}`);
  } finally {
    await temporal.connection.close();
  }
}

main(process.argv[2] ?? 'request.json').catch((error: unknown) => {
  process.stderr.write(`onboarding: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
