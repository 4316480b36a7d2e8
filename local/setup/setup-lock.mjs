/** Lets one set-up at a time work on the project; a second one waits for the first. */
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';

const BEAT_MS = 2_000;
/** A holder that has shown no life for this long is taken for gone, even if some process has its id now. */
const SILENT_MS = 120_000;
const POLL_MS = 250;

/** @typedef {{ pid: number, host: string, token: string }} Holder */

/**
 * @param {string} path of the lock file
 * @param {{ check: () => void, onWait: (pid: number) => void }} hooks `check` may throw to give up waiting;
 *   `onWait` is called once, when somebody else holds the lock
 * @returns {Promise<() => void>} gives the lock back; may be called again
 */
export async function takeLock(path, { check, onWait }) {
  mkdirSync(dirname(path), { recursive: true });
  /** @type {Holder} */
  const self = { pid: process.pid, host: hostname(), token: `${process.pid}-${Date.now()}` };
  let hasWaited = false;
  while (!create(path, self)) {
    check();
    const holder = read(path);
    if (holder !== null && isGone(path, holder)) {
      discard(path, holder);
      continue;
    }
    if (holder !== null && !hasWaited) {
      hasWaited = true;
      onWait(holder.pid);
    }
    await delay(POLL_MS);
  }
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // Somebody removed the lock by hand; the work itself is not harmed.
    }
  }, BEAT_MS);
  return () => {
    clearInterval(beat);
    if (read(path)?.token === self.token) unlinkSync(path);
  };
}

/**
 * @param {string} path
 * @param {Holder} self
 * @returns {boolean} whether the lock is ours now
 */
function create(path, self) {
  // Written aside and linked, so that nobody ever reads a lock file without its content.
  const own = `${path}.${self.token}`;
  writeFileSync(own, JSON.stringify(self));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(own);
  }
}

/**
 * @param {string} path
 * @returns {Holder | null} null when there is no lock any more
 */
function read(path) {
  try {
    /** @type {unknown} */
    const content = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof content !== 'object' || content === null) return UNREADABLE;
    const { pid, host, token } = /** @type {Partial<Holder>} */ (content);
    return pid === undefined || host === undefined || token === undefined ? UNREADABLE : { pid, host, token };
  } catch (error) {
    return error instanceof SyntaxError ? UNREADABLE : null;
  }
}

/** @type {Holder} */
const UNREADABLE = { pid: 0, host: '', token: '' };

/**
 * @param {string} path
 * @param {Holder} holder
 */
function isGone(path, holder) {
  if (holder === UNREADABLE) return true;
  if (holder.host === hostname() && !isAlive(holder.pid)) return true;
  try {
    return Date.now() - statSync(path).mtimeMs > SILENT_MS;
  } catch {
    return false;
  }
}

/**
 * Removes a lock whose holder is gone. Another waiter may do the same at this moment and take the lock anew:
 * what is found to be a living lock after all is put back.
 *
 * @param {string} path
 * @param {Holder} holder
 */
function discard(path, holder) {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
    if (read(aside)?.token !== holder.token) linkSync(aside, path);
  } catch {
    // Somebody else was faster.
  }
  try {
    unlinkSync(aside);
  } catch {
    // As above.
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Not by `instanceof`: in a test the errors of Node's own modules are of another realm.
 *
 * @param {unknown} error
 * @returns {unknown}
 */
function codeOf(error) {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
