/** Two states of something typed. */
export const same = <T>(a: T, b: T | undefined) => JSON.stringify(a) === JSON.stringify(b)

/** The same to a reader: the server leaves out spaces at the ends of lines. */
export const alike = <T>(a: T, b: T | undefined) => b !== undefined && bare(a) === bare(b)
const bare = (of: unknown) => JSON.stringify(of, (_, value) => (typeof value === 'string' ? value.normalize().replace(/\s+/g, ' ').trim() : value))
