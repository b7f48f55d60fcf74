import { grouped } from '../../core/text'

/** 350.000 ₫: whole đồng, as people here write it. */
export const dong = (amount: number) => `${grouped(amount)}\u00a0₫`
/** TT 7K3M 92QX HV4A 1: so that it can be read out and typed. */
export const spaced = (code: string) => code.replace(/^(TT)(.{4})(.{4})(.{4})(.)$/, '$1 $2 $3 $4 $5')
