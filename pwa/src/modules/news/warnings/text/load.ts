export const load = { vi: () => import('./vi'), en: () => import('./en'), km: () => import('./km') }
