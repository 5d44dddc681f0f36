/** What a cell of a CSV file can say. */
export interface Cell<Value> {
  readonly write: (value: Value) => string | number;
  /** Absent where every text is one. */
  readonly isValid?: (text: string) => boolean;
  /** Of a valid text. */
  readonly read: (text: string) => Value;
}

export const text: Cell<string> = { write: (value) => value, read: (cell) => cell };

export function oneOf<Value extends string>(values: readonly Value[]): Cell<Value> {
  const known: ReadonlySet<string> = new Set(values);
  return { write: (value) => value, isValid: (cell) => known.has(cell), read: (cell) => cell as Value };
}

const WHOLE = /^\d+$/;

export const whole: Cell<number> = {
  write: (value) => value,
  isValid: (cell) => WHOLE.test(cell),
  read: Number,
};

/** Milliseconds, to the nanosecond. */
export const ms: Cell<number> = { write: (value) => value.toFixed(6), isValid: isNumber, read: Number };

export const truth: Cell<boolean> = {
  write: String,
  isValid: (cell) => cell === 'true' || cell === 'false',
  read: (cell) => cell === 'true',
};

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export const utc: Cell<Date> = {
  write: (value) => value.toISOString(),
  isValid: (cell) => UTC.test(cell),
  read: (cell) => new Date(cell),
};

/** Empty, never 0, for what there is not. */
export function orEmpty<Value>({ write, isValid, read }: Cell<Value>): Cell<Value | undefined> {
  return {
    write: (value) => (value === undefined ? '' : write(value)),
    isValid: (cell) => cell === '' || (isValid?.(cell) ?? true),
    read: (cell) => (cell === '' ? undefined : read(cell)),
  };
}

/** Nothing that is measured or counted here is negative or without end. */
function isNumber(cell: string): boolean {
  const value = cell === '' ? Number.NaN : Number(cell);
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}
