/** An application of others, what it is asked for, and what is changed in it. */
export interface Story {
  readonly name: string;
  /** What it is, in words. */
  readonly what: string;
  /** The package as published, with its exact version. */
  readonly package: string;
  /** Whether its files are laid out as in a checkout of it; otherwise it is a dependency of what `lay` writes. */
  readonly isCheckout: boolean;
  /** What must be installed beside it. */
  readonly beside?: readonly string[];
  /** Packages whose versions the figures depend on. */
  readonly uses: readonly string[];
  /** Writes the texts that it serves, into the folder in which it runs. */
  readonly lay: (folder: string) => void;
  /** What to type to start it. */
  readonly command: (port: number) => readonly string[];
  /** What it writes when it can be asked. */
  readonly ready: RegExp;
  /** A page that takes no work. */
  readonly light: string;
  /** The work beside which the light page is asked for, in words. */
  readonly heavyWork: string;
  /** Does it once; it is done when the promise is fulfilled, with what has come of it, to be compared. */
  readonly heavy: (application: Application) => Promise<string>;
  /** One after the other, each on top of those before: a file in `changes`, and what it does. */
  readonly changes: readonly Change[];
}

export interface Change {
  readonly file: string;
  readonly what: string;
}

/** A running application. */
export interface Application {
  readonly folder: string;
  readonly origin: string;
  /** Waits until it writes something like this, from now on. */
  readonly says: (text: RegExp) => Promise<void>;
}
