// Zod compiles its object parsers with new Function, which the page's policy forbids, unless configured before a schema is created.
// Imported for its side effect, before every module that creates schemas.
import { z } from 'zod';

z.config({ jitless: true });
