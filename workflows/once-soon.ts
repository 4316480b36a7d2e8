/**
 * However often it is asked for while messages come in, the work is done once, when all of the activation's are in.
 *
 * @returns asks for the work
 */
export function onceSoon(work: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    void Promise.resolve().then(() => {
      isAsked = false;
      work();
    });
  };
}
