import { startStack } from './local/stack.js';
import { SampleCustomer } from './local/sample-customer.js';
import { CausewayClient } from './client/index.js';
import { Client, Connection } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
const t0 = Date.now();
const log = (...a: unknown[]) => console.log(((Date.now() - t0) / 1000).toFixed(1), ...a);
const stack = await startStack({ observeEvery: '2 seconds', ui: false });
try {
  log('stack up', stack.logDirectory);
  const worker = await stack.startWorker();
  log('worker up', worker.pid);
  const client = new CausewayClient(new Client({ connection: await Connection.connect({ address: stack.temporal.address }) }));
  const customer = new SampleCustomer(stack.emulator.endpoint, '444455556666', 'eu-central-1');
  const net = await customer.createNetwork({ name: 'Acme', cidr: '172.31.0.0/16', subnetCidrs: ['172.31.0.0/20', '172.31.16.0/20'] });
  const request = { customerName: 'Acme', organizationId: 'org-42', awsAccountId: net.accountId, region: net.region, vpcId: net.vpcId, subnetCidrs: [...net.subnetCidrs], vpcCidrs: [net.cidr] };
  log(JSON.stringify(await client.plan(request)));
  log(await client.request(request));
  let seen = 0; let accepted = false;
  for (let i = 0; i < 120; i++) {
    const s = await client.status(request);
    for (const h of s.history.slice(seen)) log(h.state, h.note);
    seen = s.history.length;
    if (s.state === 'awaiting-acceptance' && !accepted) { accepted = true; await client.accept(request, 'liar'); await delay(1500); await customer.accept(s.peeringConnectionId!); log('ACCEPTED'); }
    if (s.state === 'active') { log(JSON.stringify(s, null, 1)); break; }
    await delay(300);
  }
  try { const r = await client.request(request); log(r); await delay(1500); log((await client.list())); } catch (e) { log('err', e); }
  await client.close(request, { by: 'me' });
  for (let i = 0; i < 60; i++) { const s = await client.status(request); if (s.state === 'released') { log(JSON.stringify(s.history.slice(-4))); break; } await delay(500); }
  const inv = await stack.emulator.control.inventory();
  log(JSON.stringify(inv, null, 1).slice(0, 3000));
} finally { if (process.env.LOGS) { const fs = await import('node:fs'); console.log(fs.readFileSync(stack.logDirectory + '/worker.log', 'utf8').slice(-6000)); } await stack.stop(); }
