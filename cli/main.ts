#!/usr/bin/env node
// The `faultline` command.
import { runCli } from './program.ts';
import { processIo } from './io.ts';

process.exitCode = await runCli(process.argv.slice(2), processIo());
