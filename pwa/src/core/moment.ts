import { day } from './text'

/** "14:05 25/11/2026", by the province's clock, which has been seven hours ahead of UTC since 1975. */
export const moment = (iso: string) => `${new Date(Date.parse(iso) + 25_200_000).toISOString().slice(11, 16)} ${day(iso)}`
