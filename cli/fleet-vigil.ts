// How long a campaign waits for others, and what it says meanwhile: for a server that is away, for workers that do not come, for
// workers that all refuse.
import type { Fleet } from './fleet-connection.ts';
import { count } from './layout.ts';

/** In milliseconds: for a lost server; for an answer; for others when workers refuse; before it is said that nobody works. */
const patience = { lost: 60_000, silent: 10_000, refused: 20_000, nobody: 10_000 };

export class Vigil {
  /** The workers that refuse, and why. */
  readonly refusals = new Map<string, string>();
  readonly #fleet: Pick<Fleet, 'address' | 'lostMs'>;
  readonly #tell: (line: string) => void;
  #quietSince = performance.now();
  #silentUntil = performance.now() + patience.nobody;
  #answeredAt = performance.now();
  #trouble: { readonly since: number; readonly reason: string } | undefined;
  #isAwaySaid = false;

  constructor(fleet: Pick<Fleet, 'address' | 'lostMs'>, tell: (line: string) => void) {
    this.#fleet = fleet;
    this.#tell = tell;
  }

  /** Somebody works. */
  stir(): void {
    this.#quietSince = performance.now();
    this.#silentUntil = this.#quietSince + patience.nobody;
  }

  /** The server answered with an error, or, without one, as it should. */
  hear(error?: Error): void {
    this.#answeredAt = performance.now();
    if (error === undefined) this.#trouble = undefined;
    else this.#trouble ??= { since: performance.now(), reason: reasonOf(error) };
  }

  refused(worker: string, reason: string): void {
    if (this.refusals.get(worker) === reason) return;
    this.refusals.set(worker, reason);
    this.stir(); // others may follow
    this.#tell(`warning: worker ${worker} refuses: ${reason}`);
  }

  /** Why the server is not worth waiting for any more, if so. */
  checkServer(): string | undefined {
    const fleet = this.#fleet;
    const now = performance.now();
    const lostMs = fleet.lostMs();
    const silentMs = now - this.#answeredAt;
    const gone = Math.max(
      lostMs,
      this.#trouble === undefined ? 0 : now - this.#trouble.since,
      silentMs > patience.silent ? silentMs : 0,
    );
    if (gone === 0) {
      if (this.#isAwaySaid) this.#tell(`${fleet.address}: there again`);
      this.#isAwaySaid = false;
      return undefined;
    }
    this.stir();
    const why = lostMs > 0 ? 'the connection is lost' : (this.#trouble?.reason ?? 'it does not answer');
    if (gone > patience.lost) return `${fleet.address}: ${why}, and a minute of trying did not help`;
    if (gone > 1_000 && !this.#isAwaySaid) {
      this.#isAwaySaid = true;
      this.#tell(`${fleet.address}: ${why}; trying for a minute`);
    }
    return undefined;
  }

  /** Why workers are not worth waiting for any more, if so. */
  checkWorkers(): string | undefined {
    const now = performance.now();
    const [first] = this.refusals.values();
    if (first !== undefined && now - this.#quietSince > patience.refused) {
      return `no worker runs these seeds, and ${count(this.refusals.size, 'worker')} refused: ${first}`;
    }
    if (now > this.#silentUntil) {
      this.#silentUntil = now + 6 * patience.nobody;
      this.#tell(`no worker runs these seeds yet; start some: npx faultline worker --fleet ${this.#fleet.address}`);
    }
    return undefined;
  }
}

/** A transaction that was discarded says why only in what it keeps of the commands before. */
function reasonOf(error: Error & { readonly previousErrors?: readonly Error[] }): string {
  return (error.previousErrors?.[0] ?? error).message;
}
