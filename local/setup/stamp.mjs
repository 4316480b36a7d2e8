/** A stamp says what an installation was made from. It is written last, so that a half-made one never has it. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * @param {readonly string[]} files whose content decides, absolute paths
 * @param {readonly string[]} facts what else decides
 * @returns {string} a key that changes when any of them does
 */
export function stampKey(files, facts) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  for (const fact of facts) hash.update(fact).update('\0');
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @param {string} key
 * @returns {boolean} whether the stamp is there and says the same
 */
export function hasStamp(path, key) {
  try {
    return readFileSync(path, 'utf8').trim() === key;
  } catch {
    return false;
  }
}

/**
 * @param {string} path
 * @param {string} key
 */
export function writeStamp(path, key) {
  writeFileSync(path, `${key}\n`);
}
