// Zod compiles its object parsers with new Function unless told otherwise when a schema is made; the page's policy forbids that.
// Imported for its effect, before every module that makes schemas.
import { z } from 'zod';

z.config({ jitless: true });
