import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { createNotificationActivities } from '../../activities/notification.js';
import { findFreePort } from '../../local/free-port.js';
import { NOTIFICATION, WEBHOOK_SECRET } from '../harness/notifications.js';
import { until } from '../harness/until.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = readFileSync(new URL('../../docs/notifications.md', import.meta.url), 'utf8');

function isListening(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(undefined));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

describe('the page on notifications', () => {
  it('shows a receiver that takes what Causeway posts, and nothing signed with another key', async () => {
    const [, receiver = ''] = /^```js\n([\s\S]*?)^```$/m.exec(PAGE) ?? [];
    const port = await findFreePort();
    const child = spawn(process.execPath, ['--input-type=module', '--eval', receiver], {
      cwd: ROOT,
      env: {
        ...process.env,
        NODE_OPTIONS: undefined,
        WEBHOOK_KEY: WEBHOOK_SECRET,
        PORT: port.toString(),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const printed = text(child.stdout);
    try {
      await until('the receiver listens', () => isListening(port));
      const post = (webhookSecret: string): Promise<void> =>
        createNotificationActivities({
          notifications: { webhookUrl: `http://127.0.0.1:${port.toString()}/`, allowPrivateTarget: true },
          webhookSecret,
        }).postNotification({ id: 'notification/run/1', notification: NOTIFICATION });
      await post(WEBHOOK_SECRET);
      const otherKey = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
      await expect(post(otherKey)).rejects.toMatchObject({ nonRetryable: true });
    } finally {
      child.kill();
    }
    expect(await printed).toBe(`reminder ${NOTIFICATION.connection} ${NOTIFICATION.message}\n`);
  });

  it('has a line for every kind there is, and no other', () => {
    const kinds: Record<typeof NOTIFICATION.kind, true> = {
      reminder: true,
      'asked-again': true,
      moved: true,
      parked: true,
      active: true,
      drift: true,
      ended: true,
    };
    const told = [...PAGE.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, kind]) => kind);
    expect(told).toEqual(Object.keys(kinds));
  });
});
