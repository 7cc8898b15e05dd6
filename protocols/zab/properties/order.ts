// What Zab promises about delivery (section III of the paper): integrity, agreement, total order, local and global primary order,
// primary integrity. All are judged when a server delivers, serves or becomes the primary.
import { alwaysOn, type Property } from '../../../sim/index.ts';
import { isNext } from '../history.ts';
import { epochOf, formatZxid, type Zxid } from '../zxid.ts';
import { noteOf } from './notes.ts';

/** What is delivered was proposed by a primary, each request once, and each transaction for one request. */
export function integrity(): Property {
  const about = 'what is delivered was proposed, once';
  return alwaysOn(['proposes', 'delivers'], 'integrity', about, () => {
    const proposed = new Map<Zxid, string>();
    const places = new Map<string, Zxid>();
    return (_view, touch) => {
      const proposal = noteOf(touch, 'proposes');
      if (proposal !== undefined) {
        const other = proposed.get(proposal.zxid);
        proposed.set(proposal.zxid, proposal.request);
        const before = places.get(proposal.request) ?? proposal.zxid;
        places.set(proposal.request, before);
        if (before !== proposal.zxid)
          return `${proposal.request} is proposed as ${formatZxid(before)} and again as ${formatZxid(proposal.zxid)}`;
        return other === undefined || other === proposal.request
          ? undefined
          : `${formatZxid(proposal.zxid)} is proposed for ${other} and again for ${proposal.request}`;
      }
      const delivery = noteOf(touch, 'delivers');
      if (delivery === undefined) return undefined;
      const request = proposed.get(delivery.zxid);
      if (request === delivery.request) return undefined;
      return `${touch.node.id} delivers ${formatZxid(delivery.zxid)} for ${delivery.request}, which was proposed for ${request ?? 'nobody'}`;
    };
  });
}

/** All servers deliver one sequence: what one delivers after a transaction, all deliver after it; and who serves is on it. */
export function totalOrder(): Property {
  const about = 'all servers deliver prefixes of one sequence (total order, agreement, prefix consistency)';
  return alwaysOn(['delivers', 'serves', 'establishes'], 'total order', about, () => {
    const initial = new Set<Zxid>([0]); // ends of initial histories: committed, though perhaps delivered within a snapshot
    const before = new Map<Zxid, Zxid>(); // what was delivered before it
    const after = new Map<Zxid, Zxid>();
    return (_view, touch) => {
      const establishing = noteOf(touch, 'establishes');
      if (establishing !== undefined) {
        initial.add(establishing.last);
        return undefined;
      }
      const serving = noteOf(touch, 'serves');
      if (serving !== undefined) {
        return initial.has(serving.applied) || before.has(serving.applied)
          ? undefined
          : `${touch.node.id} serves at ${formatZxid(serving.applied)}, which nobody delivered`;
      }
      const delivery = noteOf(touch, 'delivers');
      if (delivery === undefined) return undefined;
      const { zxid, previous } = delivery;
      const expected = before.get(zxid) ?? previous;
      const follower = after.get(previous) ?? zxid;
      before.set(zxid, expected);
      after.set(previous, follower);
      if (expected === previous && follower === zxid) return undefined;
      return `${touch.node.id} delivers ${formatZxid(zxid)} after ${formatZxid(previous)}; elsewhere ${formatZxid(follower)} comes after ${formatZxid(previous)}, and ${formatZxid(expected)} before ${formatZxid(zxid)}`;
    };
  });
}

/** One process delivers on from where it was, and nothing goes back. */
export function deliveryMonotonicity(): Property {
  const about =
    'a process delivers in the order of zxids, without a gap within an epoch (local and global primary order)';
  return alwaysOn(['delivers', 'starts'], 'primary order', about, () => {
    const last = new Map<string, Zxid>();
    return (_view, touch) => {
      if (noteOf(touch, 'starts') !== undefined) last.delete(touch.node.id);
      const delivery = noteOf(touch, 'delivers');
      if (delivery === undefined) return undefined;
      const { node } = touch;
      const known = last.get(node.id);
      last.set(node.id, delivery.zxid);
      if (!isNext(delivery.previous, delivery.zxid))
        return `${node.id} delivers ${formatZxid(delivery.zxid)} after ${formatZxid(delivery.previous)}`;
      if (known !== undefined && delivery.previous < known)
        return `${node.id} delivered ${formatZxid(known)}, and delivers ${formatZxid(delivery.zxid)} after ${formatZxid(delivery.previous)}`;
      return undefined;
    };
  });
}

/** A primary broadcasts only after it has delivered everything of earlier epochs that anybody ever delivers. */
export function primaryIntegrity(): Property {
  const about = 'a primary has delivered all that is ever delivered of earlier epochs (primary integrity)';
  return alwaysOn(['establishes', 'delivers', 'serves'], 'primary integrity', about, () => {
    const initial = new Map<number, Zxid>(); // by epoch: the last transaction of the initial history
    const delivered = new Map<number, Zxid>(); // by epoch: the last transaction that anybody delivered
    return (_view, touch) => {
      const { id } = touch.node;
      const establishing = noteOf(touch, 'establishes');
      if (establishing !== undefined) {
        initial.set(establishing.epoch, establishing.last);
        for (const [epoch, zxid] of delivered) {
          if (epoch < establishing.epoch && zxid > establishing.last)
            return `${id} establishes epoch ${establishing.epoch} up to ${formatZxid(establishing.last)}, although ${formatZxid(zxid)} was delivered`;
        }
        return undefined;
      }
      const serving = noteOf(touch, 'serves');
      if (serving !== undefined) {
        const last = initial.get(serving.epoch);
        if (last === undefined) return `${id} serves in epoch ${serving.epoch}, which nobody established`;
        return serving.applied >= last
          ? undefined
          : `${id} serves in epoch ${serving.epoch} at ${formatZxid(serving.applied)}, before ${formatZxid(last)} of its initial history`;
      }
      const delivery = noteOf(touch, 'delivers');
      if (delivery === undefined) return undefined;
      const own = epochOf(delivery.zxid);
      delivered.set(own, Math.max(delivered.get(own) ?? 0, delivery.zxid));
      for (const [epoch, last] of initial) {
        if (own < epoch && delivery.zxid > last)
          return `${id} delivers ${formatZxid(delivery.zxid)}, which the primary of epoch ${epoch} has not delivered: it began at ${formatZxid(last)}`;
      }
      return undefined;
    };
  });
}
