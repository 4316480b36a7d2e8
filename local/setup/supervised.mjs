/**
 * Starts programs under `../supervise.mjs`, so that they end when this process ends in any way.
 * Plain JavaScript on Node's own modules: set-up uses it before any package is installed.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SUPERVISOR = fileURLToPath(new URL('../supervise.mjs', import.meta.url));

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Exit How a program ended; one of the two is null. */

/**
 * @typedef {object} SupervisedOptions
 * @property {string} name shown in the process list
 * @property {string} command
 * @property {readonly string[]} args
 * @property {NodeJS.ProcessEnv} [env] the whole environment; this process's own by default
 * @property {string} [cwd]
 * @property {'pipe' | 'inherit'} output where the program's stdout and stderr go
 * @property {'ignore' | 'inherit'} [stdin] `ignore` by default
 * @property {number} [graceMs] milliseconds between SIGTERM and SIGKILL when it is stopped; 5,000 by default
 */

/**
 * @typedef {object} Supervised
 * @property {number} pid of the program itself, not of its supervisor
 * @property {import('node:stream').Readable | null} stdout null unless `output` is `pipe`
 * @property {import('node:stream').Readable | null} stderr null unless `output` is `pipe`
 * @property {Promise<Exit>} exited
 * @property {(signal: NodeJS.Signals) => void} kill sends a signal to the program alone
 * @property {() => Promise<void>} stop ends the program and all it started; resolves when it has ended
 */

/**
 * @param {SupervisedOptions} options
 * @returns {Promise<Supervised>} once the program runs
 * @throws {Error} when it cannot be started at all, with the system's reason (`spawn x ENOENT`)
 */
export function startSupervised(options) {
  const { name, command, args, env = process.env, cwd = process.cwd(), graceMs = 5_000 } = options;
  const supervisor = spawn(process.execPath, [SUPERVISOR, name], {
    cwd,
    env,
    // A session of its own: SIGINT from a terminal and SIGKILL to our process group must not reach it.
    detached: true,
    stdio: [options.stdin ?? 'ignore', options.output, options.output, 'ipc'],
  });
  return new Promise((resolve, reject) => {
    /** @type {number | undefined} */
    let pid;
    let hasEnded = false;
    /** @type {(exit: Exit) => void} */
    let resolveExited = () => undefined;
    /** @type {Promise<Exit>} */
    const exited = new Promise((settle) => (resolveExited = settle));

    /** @param {Exit} exit */
    const end = (exit) => {
      hasEnded = true;
      resolveExited(exit);
    };
    supervisor.on('message', (/** @type {import('../supervise.mjs').OutgoingMessage} */ message) => {
      if (message.type === 'started') {
        pid = message.pid;
        resolve({
          pid,
          stdout: supervisor.stdout,
          stderr: supervisor.stderr,
          exited,
          kill: (signal) => {
            if (!hasEnded) signalProcess(message.pid, signal);
          },
          stop: async () => {
            if (!hasEnded && supervisor.connected) supervisor.send({ type: 'stop' }, () => undefined);
            await exited;
          },
        });
      } else if (message.type === 'failed') {
        reject(new Error(message.message));
      } else {
        end({ code: message.code, signal: message.signal });
      }
    });
    supervisor.on('disconnect', () => {
      if (hasEnded) return;
      // The supervisor was killed: nobody but us can end its child now.
      if (pid !== undefined) signalProcess(-pid, 'SIGKILL');
      end({ code: null, signal: 'SIGKILL' });
      reject(new Error(`the supervisor of ${name} ended unexpectedly`));
    });
    supervisor.on('error', reject);
    supervisor.send({ type: 'start', command, args, cwd, graceMs }, (error) => {
      if (error !== null) reject(error);
    });
  });
}

/**
 * @param {number} pid a negative one means its process group
 * @param {NodeJS.Signals} signal
 */
function signalProcess(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it has ended in the meantime, which is what was wanted.
  }
}
