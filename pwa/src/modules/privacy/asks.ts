/** What the screens of this module ask the server. Nothing of it is kept on the phone: it belongs to one person. */
import { api } from '../../core/api'

export const purposes = (signal?: AbortSignal) => api('GET /api/privacy/consents', {}, signal)
export const requests = (signal?: AbortSignal) => api('GET /api/privacy/requests', {}, signal)
export const looks = (cursor?: string, signal?: AbortSignal) => api('GET /api/privacy/looks', { limit: 20, cursor: cursor ?? null }, signal)
