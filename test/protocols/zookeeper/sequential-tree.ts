// A second opinion on the data tree: one flat list of nodes, changed by one request at a time, with nothing prepared ahead
// and nothing replicated. It shares no code with the service.
import type { Acl, CreateMode, Identity, WriteOperation, WriteRequest } from '../../../protocols/zookeeper/types.ts';

interface Item {
  path: string;
  data: string | null;
  acl: { who: string; bits: number }[];
  owner: number;
  life: 'forever' | 'session' | 'container' | number;
  made: [zxid: number, time: number];
  written: [zxid: number, time: number];
  childrenChanged: number;
  writes: number;
  aclWrites: number;
  born: number;
}

type Answer = Record<string, unknown>;

/** A single server without a network: `request` answers with what a client is told, but for times. */
export class SequentialTree {
  items: Item[] = ['/', '/zookeeper', '/zookeeper/config', '/zookeeper/quota'].map((path) => ({
    path,
    data: '',
    acl: [{ who: 'world:anyone', bits: path === '/zookeeper/config' ? 1 : 31 }],
    owner: 0,
    life: 'forever',
    made: [0, 0],
    written: [0, 0],
    childrenChanged: 0,
    writes: 0,
    aclWrites: 0,
    born: 0,
  }));
  open = new Set<number>();

  write(session: number, who: readonly Identity[], request: WriteRequest, zxid: number, time: number): Answer {
    if (request.type === 'createSession') {
      this.open.add(session);
      return { error: 'OK' };
    }
    if (request.type === 'closeSession') {
      for (const { path } of this.items.filter(({ owner }) => owner === session)) this.#remove(path, zxid);
      this.open.delete(session);
      return { error: 'OK' };
    }
    if (request.type === 'multi') {
      const before = structuredClone(this.items);
      const results: Answer[] = [];
      for (const operation of request.operations) results.push(this.write(session, who, operation, zxid, time));
      const bad = results.findIndex(({ error }) => error !== 'OK');
      if (bad < 0) return { error: 'OK', results };
      this.items = before;
      const verdict = (place: number) =>
        place < bad ? 'OK' : place === bad ? results[bad]!['error'] : 'RuntimeInconsistency';
      return { error: 'OK', results: results.map((_, place) => ({ error: verdict(place) })) };
    }
    if (request.type === 'deleteContainer') throw new Error('not drawn');
    if (!this.open.has(session)) return { error: 'SessionExpired' };
    return this.#one(
      session,
      who.map(({ scheme, id }) => `${scheme}:${id}`),
      request,
      zxid,
      time,
    );
  }

  stat(path: string): Answer | undefined {
    const item = this.#find(path);
    if (item === undefined) return undefined;
    const kids = this.#children(item.path).length;
    return {
      czxid: item.made[0],
      mzxid: item.written[0],
      ctime: item.made[1],
      mtime: item.written[1],
      version: item.writes,
      // births, and births minus the living are the deaths; the system's own nodes were never born
      cversion: item.born + (item.born - kids),
      aversion: item.aclWrites,
      ephemeralOwner:
        item.life === 'container' ? -(2 ** 63) : typeof item.life === 'number' ? -(2 ** 56) + item.life : item.owner,
      dataLength: item.data === null ? 0 : new TextEncoder().encode(item.data).length,
      numChildren: kids,
      pzxid: item.childrenChanged,
    };
  }

  #one(
    session: number,
    who: string[],
    request: WriteOperation | Extract<WriteRequest, { type: 'setACL' }>,
    zxid: number,
    time: number,
  ): Answer {
    switch (request.type) {
      case 'create':
      case 'create2':
        return this.#create(session, who, request, zxid, time);
      case 'delete': {
        const { path } = request;
        if (!path.includes('/') || path.includes('\0') || /^\/(?:zookeeper(?:\/(?:config|quota))?)?$/.test(path))
          return { error: 'BadArguments' };
        const above = this.#find(path.slice(0, path.lastIndexOf('/')));
        if (above === undefined) return { error: 'NoNode' };
        if (!may(above, who, 8)) return { error: 'NoAuth' };
        const item = this.#find(path);
        if (item === undefined) return { error: 'NoNode' };
        if (isOther(item.writes, request.version)) return { error: 'BadVersion' };
        if (this.#children(path).length > 0) return { error: 'NotEmpty' };
        this.#remove(path, zxid);
        return { error: 'OK' };
      }
      case 'setData':
      case 'check': {
        if (!isGood(request.path)) return { error: 'BadArguments' };
        const item = this.#find(request.path);
        if (item === undefined) return { error: 'NoNode' };
        if (!may(item, who, request.type === 'check' ? 1 : 2)) return { error: 'NoAuth' };
        if (isOther(item.writes, request.version)) return { error: 'BadVersion' };
        if (request.type === 'check') return { error: 'OK' };
        Object.assign(item, { data: request.data, written: [zxid, time], writes: item.writes + 1 });
        return { error: 'OK', stat: this.stat(request.path) };
      }
      case 'setACL': {
        if (!isGood(request.path)) return { error: 'BadArguments' };
        const acl = aclOf(request.acl, who);
        if (acl === undefined) return { error: 'InvalidACL' };
        const item = this.#find(request.path);
        if (item === undefined) return { error: 'NoNode' };
        if (!may(item, who, 16)) return { error: 'NoAuth' };
        if (isOther(item.aclWrites, request.version)) return { error: 'BadVersion' };
        Object.assign(item, { acl, aclWrites: item.aclWrites + 1 });
        return { error: 'OK', stat: this.stat(request.path) };
      }
    }
  }

  #create(
    session: number,
    who: string[],
    request: Extract<WriteOperation, { type: 'create' | 'create2' }>,
    zxid: number,
    time: number,
  ): Answer {
    const mode: CreateMode = request.mode ?? 'persistent';
    const isTtl = mode.startsWith('ttl');
    const ttl = request.ttl ?? -1;
    if (isTtl ? ttl < 1 || ttl >= 2 ** 40 : ttl >= 0) return { error: 'BadArguments' };
    if (!request.path.includes('/') || request.path.includes('\0')) return { error: 'BadArguments' };
    const acl = aclOf(request.acl ?? [{ scheme: 'world', id: 'anyone', perms: 31 }], who);
    if (acl === undefined) return { error: 'InvalidACL' };
    const above = this.#find(request.path.slice(0, request.path.lastIndexOf('/')));
    if (above === undefined) return { error: 'NoNode' };
    if (!may(above, who, 4)) return { error: 'NoAuth' };
    const path = mode.endsWith('sequential') ? request.path + String(above.born).padStart(10, '0') : request.path;
    if (!isGood(path)) return { error: 'BadArguments' };
    if (this.#find(path) !== undefined) return { error: 'NodeExists' };
    if (above.life === 'session') return { error: 'NoChildrenForEphemerals' };
    const isEphemeral = mode.startsWith('ephemeral');
    above.born++;
    above.childrenChanged = zxid;
    this.items.push({
      path,
      data: request.data === undefined ? '' : request.data,
      acl,
      owner: isEphemeral ? session : 0,
      life: isTtl ? ttl : mode === 'container' ? 'container' : isEphemeral ? 'session' : 'forever',
      made: [zxid, time],
      written: [zxid, time],
      childrenChanged: zxid,
      writes: 0,
      aclWrites: 0,
      born: 0,
    });
    const withStat = request.type === 'create2' || isTtl || mode === 'container';
    return withStat ? { error: 'OK', path, stat: this.stat(path) } : { error: 'OK', path };
  }

  #find(path: string): Item | undefined {
    return this.items.find((item) => item.path === (path === '' ? '/' : path));
  }

  #children(path: string): string[] {
    const start = path === '/' ? '/' : `${path}/`;
    return this.items
      .map((item) => item.path)
      .filter((other) => other !== '/' && other.startsWith(start) && !other.slice(start.length).includes('/'));
  }

  #remove(path: string, zxid: number): void {
    this.items = this.items.filter((item) => item.path !== path);
    const above = this.#find(path.slice(0, path.lastIndexOf('/')));
    if (above !== undefined) above.childrenChanged = zxid;
  }
}

function isOther(current: number, wanted = -1): boolean {
  return wanted !== -1 && wanted !== current;
}

function isGood(path: string): boolean {
  if (path === '/') return true;
  // eslint-disable-next-line no-control-regex -- these are what it is about
  const hasBadCharacter = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/.test(path);
  return /^(?:\/(?!\.{1,2}(?:\/|$))[^/]+)+$/.test(path) && !hasBadCharacter;
}

function may(item: Item, who: string[], bit: number): boolean {
  return item.acl.some(
    (entry) => (entry.bits & bit) !== 0 && (entry.who === 'world:anyone' || who.includes(entry.who)),
  );
}

function aclOf(acl: readonly Acl[], who: string[]): Item['acl'] | undefined {
  if (acl.length === 0) return undefined;
  const entries = acl.map(({ scheme, id, perms }) => ({ who: `${scheme}:${id}`, scheme, bits: perms }));
  const proved = who.filter((identity) => identity.startsWith('digest:'));
  const isWrong = entries.some(({ who: name, scheme }) => {
    if (name === 'world:anyone') return false;
    if (scheme === 'auth') return proved.length === 0;
    return scheme !== 'digest' || name.split(':').length !== 3;
  });
  if (isWrong) return undefined;
  return entries.flatMap(({ who: name, scheme, bits }) =>
    scheme === 'auth' ? proved.map((identity) => ({ who: identity, bits })) : [{ who: name, bits }],
  );
}
