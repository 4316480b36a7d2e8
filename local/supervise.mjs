/**
 * Runs one program and ends it when the process that asked for it is gone, however that came about.
 *
 * Started by `setup/supervised.mjs` with an IPC channel. The channel closes when the asking process ends in any
 * way, SIGKILL included, and nothing else can tell us so reliably. This process and its child each lead a group
 * of their own, so neither a Ctrl-C in the terminal nor a SIGKILL to the asking process's group reaches them.
 *
 * Messages in: `start` (once), `stop`. Messages out: `started`, `failed`, `exited`.
 */
import { spawn } from 'node:child_process';
import { setTimeout } from 'node:timers';

/** @typedef {{ type: 'start', command: string, args: string[], cwd: string, graceMs: number }} StartMessage */
/** @typedef {StartMessage | { type: 'stop' }} IncomingMessage */
/**
 * @typedef {{ type: 'started', pid: number } | { type: 'failed', message: string }
 *   | { type: 'exited', code: number | null, signal: NodeJS.Signals | null }} OutgoingMessage
 */

/** @type {import('node:child_process').ChildProcess | undefined} */
let child;
let graceMs = 5_000;
let isEnding = false;

/** @param {OutgoingMessage} message */
function report(message) {
  if (process.connected) process.send?.(message);
}

/** @param {NodeJS.Signals} signal */
function signalGroup(signal) {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the whole group has already ended.
  }
}

/** Flushes what was reported, then ends. */
function leave() {
  if (!process.connected) process.exit(0);
  process.once('disconnect', () => process.exit(0));
  process.disconnect();
}

function endChild() {
  if (isEnding) return;
  isEnding = true;
  if (child === undefined) {
    leave();
    return;
  }
  signalGroup('SIGTERM');
  setTimeout(() => signalGroup('SIGKILL'), graceMs);
}

/** @param {StartMessage} message */
function start(message) {
  graceMs = message.graceMs;
  child = spawn(message.command, message.args, { cwd: message.cwd, detached: true, stdio: 'inherit' });
  child.once('spawn', () => report({ type: 'started', pid: child?.pid ?? 0 }));
  child.once('error', (error) => {
    report({ type: 'failed', message: error.message });
    leave();
  });
  child.once('exit', (code, signal) => {
    // What the child itself started and left behind goes with it.
    signalGroup('SIGKILL');
    report({ type: 'exited', code, signal });
    leave();
  });
}

process.on('message', (/** @type {IncomingMessage} */ message) => {
  if (message.type === 'start') start(message);
  else endChild();
});
process.on('disconnect', endChild);
process.on('SIGTERM', endChild);
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
