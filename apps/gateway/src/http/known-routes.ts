import type { FastifyInstance } from 'fastify';

interface KnownRoute {
  method: string;
  /** Matches the paths of the route. */
  path: RegExp;
}

/** All routes of the server, to tell a path that does not exist from one that exists for other methods. */
export class KnownRoutes {
  readonly #routes: KnownRoute[] = [];

  /** Notes every route that is added from now on. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) {
        // Added for every GET, and refused in the API.
        if (each === 'HEAD' && url.startsWith('/v1/')) continue;
        this.#routes.push({ method: each, path: toPattern(url) });
      }
    });
  }

  /** Methods that a path exists for, sorted; empty when there is no such path. */
  methodsOf(path: string): string[] {
    const methods = this.#routes.filter((route) => route.path.test(path)).map((route) => route.method);
    return [...new Set(methods)].sort((a, b) => a.localeCompare(b));
  }
}

/** `/v1/channels/:id` and `/docs/*` as regular expressions. */
function toPattern(url: string): RegExp {
  const escaped = url.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replace(/:[A-Za-z]\w*/g, '[^/]+').replaceAll('*', '.*')}/?$`);
}
