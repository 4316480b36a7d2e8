/**
 * `node local/run.mjs demo|test|local|bench [arguments]`: sets up what is missing, then runs the command.
 *
 * Nothing is imported before Node's version is known to suffice, and this file keeps to syntax that old versions
 * can read, so that they get to say so.
 */
const OLDEST_MAJOR = 20;
const OLDEST_MINOR = 19;

const parts = /^v(\d+)\.(\d+)/.exec(process.version) || [];
const major = Number(parts[1]);
const minor = Number(parts[2]);
if (major < OLDEST_MAJOR || (major === OLDEST_MAJOR && minor < OLDEST_MINOR)) {
  console.error(
    `causeway: this is Node ${process.version}, and at least ${OLDEST_MAJOR}.${OLDEST_MINOR} is needed: ` +
      'install a newer one, then run the same command again.',
  );
  process.exit(1);
} else if (process.platform === 'win32') {
  console.error('causeway: the local stack runs on Linux and macOS; on Windows use WSL.');
  process.exit(1);
} else {
  import('./setup/launch.mjs')
    .then((launcher) => launcher.main(process.argv.slice(2)))
    .catch((/** @type {unknown} */ error) => {
      console.error(error);
      process.exit(1);
    });
}
