export type { DashboardOptions, WatchedPool } from './dashboard/options.ts';
export { type Dashboard, type DashboardReactor, serveDashboard } from './dashboard/serve-dashboard.ts';
