import type { Followed } from '../../core/preferences'
import { province } from '../../core/province'
import { ByPaper } from '../identity/ByPaper'
import { lookUp } from './lookup'
import { t } from './text'

/** What stands on the slip. `given`: the code is known already. */
export const Ask = ({ given = '', found }: { given?: string; found: (one: Followed) => void }) => (
  <ByPaper words={t} like={`${province.code}.…`} shortest={12} given={given} ask={async (code, digits) => found(await lookUp(code, digits))} />
)
