/** Map tiles below the communes: their part of the app comes only where an operator has chosen some. */
export const tiles = () => import('.').then(it => it.load())
