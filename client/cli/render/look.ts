import type pc from 'picocolors';

/** How text is to look, and the moment that "ago" and "left" are counted from. */
export interface Look {
  readonly colors: ReturnType<typeof pc.createColors>;
  /** Columns of the terminal; null where nothing is to be wrapped. */
  readonly width: number | null;
  readonly now: Date;
}

export type Paint = (text: string) => string;
