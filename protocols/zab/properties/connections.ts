// What a server's parts must be like whatever goes wrong: connections that are new, and an end to every part that
// leads nowhere.
import { alwaysOn, eventually, type Micros, type Property, type Protocol } from '../../../sim/index.ts';
import type { ZabHost } from '../service.ts';
import { noteOf, zabOf } from './notes.ts';

/** No connection has the name of an earlier one of its opener, in this life or another: packets of that would be taken for its own. */
export function connectionsAreNew(): Property {
  const about = 'a server never opens a connection under a name that it has used';
  return alwaysOn(['role'], 'connections are new', about, () => {
    const last = new Map<string, number>();
    return (_view, touch) => {
      const role = noteOf(touch, 'role');
      const connection = zabOf(touch.node)?.following?.channel.connection;
      if (role?.phase !== 'DISCOVERY' || role.role === 'LEADING' || connection === undefined) return undefined;
      const before = last.get(touch.node.id) ?? 0;
      last.set(touch.node.id, Math.max(before, connection));
      return connection > before ? undefined : `${touch.node.id} opens connection ${connection} after ${before}`;
    };
  });
}

/** After everything has healed, all servers find their way to a leader, not only a quorum of them. */
export function allServe<H extends ZabHost>(server: Protocol<H>, within: Micros): Property {
  return eventually('all serve', 'every server serves once everything has healed', within, ({ nodes }) => {
    const others = nodes.filter((node) => node.protocol === server && zabOf(node)?.isActive !== true);
    return others.length === 0 ? undefined : `${others.map(({ id }) => id).join(', ')} did not`;
  });
}
