// What a worker works for: looks which campaigns are on, serves those that it can, refuses the others, and forgets those that are over.
import { hostname } from 'node:os';
import type { Fleet } from './fleet-connection.ts';
import { listCampaigns, misfitOf, readAnnouncement, refuse, type Announcement } from './fleet-registry.ts';
import { CampaignServer } from './fleet-server.ts';
import { count } from './layout.ts';

/** Campaigns that one worker serves at the same time; others wait. */
const mostCampaigns = 8;
/** A server that lost all it knew forgets campaigns, until their machines say again that they are on. */
const fewestMissed = 6;

export class Crew {
  /** Campaigns that it has served to their end. */
  served = 0;
  /** When it last had something to do. */
  busyAt = performance.now();
  readonly #fleet: Fleet;
  readonly #threads: number;
  readonly #tell: (line: string) => void;
  readonly #name = `${hostname()}-${process.pid}`;
  readonly #servers = new Map<string, CampaignServer>();
  readonly #missed = new Map<string, number>();
  readonly #refused = new Map<string, string>();

  constructor(fleet: Fleet, threads: number, tell: (line: string) => void) {
    this.#fleet = fleet;
    this.#threads = threads;
    this.#tell = tell;
  }

  /** Campaigns that it refuses at the moment. */
  get refused(): number {
    return this.#refused.size;
  }

  get serving(): number {
    return this.#servers.size;
  }

  /** Looks once. @throws Error when the server does not answer as it should */
  async look(): Promise<void> {
    const campaigns = await listCampaigns(this.#fleet);
    for (const campaign of campaigns) await this.#meet(campaign);
    const on = new Set(campaigns.map(({ id }) => id));
    for (const server of this.#servers.values()) if (!on.has(server.announcement.id)) await this.#miss(server);
    for (const id of this.#refused.keys()) if (!on.has(id)) this.#refused.delete(id);
    for (const id of on) this.#missed.delete(id);
    const share = Math.max(1, Math.floor(this.#threads / Math.max(1, this.#servers.size)));
    for (const server of this.#servers.values()) server.setThreads(share);
    if ([...this.#servers.values()].some(({ active }) => active > 0)) this.busyAt = performance.now();
  }

  /** Gives back what it has begun. */
  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
  }

  async #meet(campaign: Announcement): Promise<void> {
    const { id } = campaign;
    if (this.#servers.has(id)) return;
    if (!this.#refused.has(id)) {
      const misfit = misfitOf(campaign);
      if (misfit !== undefined) this.#refuse(campaign, misfit);
      else if (this.#servers.size < mostCampaigns) this.#serve(campaign);
    }
    const reason = this.#refused.get(id);
    if (reason !== undefined) await refuse(this.#fleet, id, this.#name, reason);
  }

  #serve(campaign: Announcement): void {
    const onRefuse = (reason: string): void => {
      const server = this.#servers.get(campaign.id);
      if (server === undefined) return;
      this.#servers.delete(campaign.id);
      this.#refuse(campaign, reason);
      void server.close();
    };
    const options = { name: this.#name, threads: this.#threads, onRefuse };
    this.#servers.set(campaign.id, new CampaignServer(this.#fleet, campaign, options));
    this.#tell(`${campaign.scenario} of ${campaign.host}: at work`);
  }

  #refuse({ id, scenario, host }: Announcement, reason: string): void {
    this.#refused.set(id, reason);
    this.#tell(`error: refuses ${scenario} of ${host}: ${reason}`);
  }

  async #miss(server: CampaignServer): Promise<void> {
    const { id, scenario, host } = server.announcement;
    const state = await readAnnouncement(this.#fleet, id);
    const missed = (this.#missed.get(id) ?? 0) + 1;
    this.#missed.set(id, missed);
    if (state !== 'over' && missed < fewestMissed) return;
    this.#missed.delete(id);
    this.#servers.delete(id);
    this.served++;
    this.busyAt = performance.now();
    this.#tell(`${scenario} of ${host}: over, ${count(server.seeds, 'seed')} run here`);
    await server.close();
  }
}
