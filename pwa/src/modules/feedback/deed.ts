import { Problem } from '../../core/api'
import { useDeed as run } from '../../core/deed'
import { t } from './text'

/** What somebody does with a report, in the server's words when it refuses. */
export const useDeed = () => run(cause => (cause instanceof Problem && cause.said.detail) || t.failed, '')
