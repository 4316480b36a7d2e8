/** Turns what went wrong during set-up into one line that says what failed and what to do. */

/** Set-up cannot go on; the message is one line. */
export class SetupError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'SetupError';
  }
}

/** Set-up was told to stop by a signal; what is done so far is kept. */
export class InterruptedError extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super('interrupted; the same command goes on from here');
    this.name = 'InterruptedError';
    this.signal = signal;
  }
}

/**
 * Known causes, by what npm, pip, Python and Node print. The first that matches wins, so the order matters:
 * pip ends in "No matching distribution" for a refused download too, having named the refusal before.
 *
 * @type {readonly { pattern: RegExp, advice: string }[]}
 */
const CAUSES = [
  {
    pattern: /spawn npm ENOENT/,
    advice: 'npm was not found on PATH: install it (it comes with Node), then run the same command again.',
  },
  {
    pattern: /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/i,
    advice: 'the disk is full: free some space (about 1 GB is needed), then run the same command again.',
  },
  {
    pattern: /EINTEGRITY|DO NOT MATCH THE HASHES|Hashes are required in --require-hashes/i,
    advice:
      'a downloaded package is not the one that was locked (its hash differs): check the registry or proxy in use, then run the same command again.',
  },
  {
    pattern: /EROFS|Read-only file system|EACCES|EPERM|Permission denied|Operation not permitted/i,
    advice:
      'the project directory cannot be written to: make it writable for this user, then run the same command again.',
  },
  {
    pattern: /ensurepip is not available|No module named '?(venv|ensurepip)|python3(\.\d+)?-venv/i,
    advice:
      'this Python lacks its venv module: install it (Debian, Ubuntu: apt install python3-venv), then run the same command again.',
  },
  {
    pattern:
      /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|E40[137]\b|E5\d\d\b|CERT|certificate|NewConnectionError|Connection refused|ConnectTimeout|ReadTimeout|Read timed out|Max retries exceeded|ProxyError|Tunnel connection failed|name resolution|HTTP error|40[37] Client Error|SSLError|IncompleteRead|ProtocolError/i,
    advice:
      'a download was refused or the network is not reachable: check the connection, proxy and registry settings, then run the same command again.',
  },
  {
    pattern: /EUSAGE|can only install packages when your package\.json and package-lock\.json/i,
    advice: 'package.json and package-lock.json do not agree: run npm install, or take both from git.',
  },
  {
    pattern: /No matching distribution found|not a supported wheel/i,
    advice:
      'a package is not published for this Python and system: name a CPython 3.10 to 3.14 in CAUSEWAY_PYTHON.',
  },
];

/**
 * @param {string} what failed, such as `node modules cannot be installed`
 * @param {string} evidence what the tool printed, or a system error's message
 * @param {string} [logFile] where all of it is
 * @returns {SetupError}
 */
export function explain(what, evidence, logFile) {
  const cause = CAUSES.find(({ pattern }) => pattern.test(evidence));
  const advice = cause?.advice ?? `${lastWords(evidence)}.`;
  return new SetupError(`${what}: ${advice}${logFile === undefined ? '' : ` Details: ${logFile}`}`);
}

/** @param {string} evidence the last line that is not empty or a pointer to some log */
function lastWords(evidence) {
  const lines = evidence.split('\n').map((line) => line.trim());
  const telling = lines.filter(
    (line) => line !== '' && !/complete log of this run|debug-0\.log|^\[notice\]/.test(line),
  );
  return (telling.at(-1) ?? 'it ended without saying why').replace(/\.$/, '');
}

/**
 * @param {unknown} error
 * @returns {string} its message; system errors carry their code (`ENOSPC: …`) in it
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
