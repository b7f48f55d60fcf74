import type { Asked, Route } from './api'

/** Where an operation is asked: its path and query filled in. What is null or empty is not asked for. */
export function address<R extends Route>(route: R, asked: Asked<R>): string {
  const { body, headers, ...rest } = asked as Record<string, unknown>
  const path = route.replace(/^\w+ /, '').replace(/{(\w+)}/g, (_, name: string) => {
    const value = String(rest[name])
    delete rest[name]
    return encodeURIComponent(value)
  })
  const query = new URLSearchParams(Object.entries(rest).filter(([, value]) => value != null && value !== '').map(([name, value]) => [name, String(value)]))
  return path + (query.size ? `?${query}` : '')
}
