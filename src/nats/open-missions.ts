import { MissionProjection, type ProjectionPorts } from "../projection/index.js";

/** The projections that a worker has in memory: the most recently used ones. */
export class OpenMissions {
  private readonly open = new Map<string, MissionProjection>();

  constructor(
    private readonly ports: ProjectionPorts,
    private readonly most: number,
    private readonly onClosed: (mission: string) => void,
  ) {}

  /** @param isNew Whether the mission had no event before, so that it should have no state. */
  async get(mission: string, isNew: boolean): Promise<MissionProjection> {
    const known = this.open.get(mission);
    const projection = known ?? (await MissionProjection.open(mission, this.ports, { isNew }));
    // The map is in the order of use.
    this.open.delete(mission);
    this.open.set(mission, projection);
    return projection;
  }

  /** Forgets a mission, whose stored state is then read again. */
  drop(mission: string): void {
    this.open.delete(mission);
    this.onClosed(mission);
  }

  /** Forgets the missions that were not used for longest. Their states are stored. */
  trim(): void {
    for (const mission of this.open.keys()) {
      if (this.open.size <= this.most) {
        return;
      }
      this.drop(mission);
    }
  }
}
