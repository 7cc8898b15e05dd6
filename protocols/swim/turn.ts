// The context as a host's hooks know it.
import type { Context } from '../../sim/index.ts';
import type { SwimHost, Turn } from './types.ts';

export function hostContext({ ctx }: Turn): Context<SwimHost> {
  return ctx as unknown as Context<SwimHost>;
}
