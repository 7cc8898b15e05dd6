// The simulator's thread of the app, and of timelines of built-in scenarios.
import { serve } from './serve.ts';

serve();
