import { api } from '../../core/api'
import { useAsk } from '../../core/ask'

/** Which ways of signing in are on; undefined until it is known. */
export const useWays = () => useAsk('ways', signal => api('GET /api/identity/ways', {}, signal)).value
