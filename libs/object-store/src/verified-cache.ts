// Tested by content-addressed.unit.test.ts.
/**
 * Bytes by a name made from their SHA-256, as many as fit, least recently used out first. Content-addressed bytes never
 * change, so nothing in here can be stale. Callers get copies: what they do to them stays theirs.
 */
export class VerifiedCache {
  /** In order of last use, as a Map keeps the order of insertion. */
  readonly #kept = new Map<string, Uint8Array>();
  readonly #loading = new Map<string, Promise<Uint8Array>>();
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param maxBytes at most so many bytes are kept; a larger object is passed through. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes kept now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The bytes of this name; `load` must give verified ones, and runs once for callers that ask at the same time. */
  async get(name: string, load: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const kept = this.#kept.get(name);
    if (kept !== undefined) {
      this.#kept.delete(name);
      this.#kept.set(name, kept);
      return kept.slice();
    }
    let loading = this.#loading.get(name);
    if (loading === undefined) {
      loading = this.#load(name, load);
      this.#loading.set(name, loading);
    }
    return (await loading).slice();
  }

  async #load(name: string, load: () => Promise<Uint8Array>): Promise<Uint8Array> {
    try {
      const bytes = await load();
      this.#keep(name, bytes);
      return bytes;
    } finally {
      this.#loading.delete(name);
    }
  }

  #keep(name: string, bytes: Uint8Array): void {
    if (bytes.length > this.#maxBytes) return;
    this.#kept.set(name, bytes);
    this.#bytes += bytes.length;
    for (const [oldest, old] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#kept.delete(oldest);
      this.#bytes -= old.length;
    }
  }
}
