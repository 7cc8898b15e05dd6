// The version of the package.
export { packageVersion } from '../fuzz/version.ts';
