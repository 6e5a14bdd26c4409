import type { Component } from 'vue';
import type { RouteRecordRaw } from 'vue-router';
import type { IconName } from '../parts/icons';
import { session } from '../session/session';

/** A page in the navigation. */
export interface Page {
  readonly name: 'new-export' | 'exports' | 'boards' | 'events' | 'schedules' | 'verify' | 'administration';
  readonly icon: IconName;
  /** Whether the caller may open it. Pages that they may not open are not shown. */
  isAllowed(): boolean;
}

const always = (): boolean => true;

export const PAGES: readonly Page[] = [
  { name: 'new-export', icon: 'add', isAllowed: always },
  { name: 'exports', icon: 'file', isAllowed: always },
  { name: 'boards', icon: 'board', isAllowed: always },
  { name: 'events', icon: 'events', isAllowed: always },
  { name: 'schedules', icon: 'schedule', isAllowed: always },
  { name: 'verify', icon: 'check', isAllowed: always },
  { name: 'administration', icon: 'settings', isAllowed: () => session.caller?.is_admin === true },
];

/** Each page is loaded when it is first opened. */
const page = (load: () => Promise<{ default: Component }>) => load as () => Promise<Component>;

export const ROUTES: readonly RouteRecordRaw[] = [
  { path: '/', redirect: { name: 'exports' } },
  { path: '/new', name: 'new-export', component: page(() => import('../pages/new-export/NewExportPage.vue')) },
  { path: '/exports', name: 'exports', component: page(() => import('../pages/exports/ExportsPage.vue')) },
  { path: '/exports/:id', name: 'export', component: page(() => import('../pages/exports/ExportPage.vue')) },
  { path: '/boards', name: 'boards', component: page(() => import('../pages/boards/BoardsPage.vue')) },
  { path: '/events', name: 'events', component: page(() => import('../pages/events/EventsPage.vue')) },
  { path: '/events/:id', name: 'event', component: page(() => import('../pages/events/EventPage.vue')) },
  { path: '/schedules', name: 'schedules', component: page(() => import('../pages/schedules/SchedulesPage.vue')) },
  {
    path: '/schedules/new',
    name: 'new-schedule',
    component: page(() => import('../pages/schedules/ScheduleFormPage.vue')),
  },
  { path: '/schedules/:id', name: 'schedule', component: page(() => import('../pages/schedules/SchedulePage.vue')) },
  {
    path: '/schedules/:id/edit',
    name: 'edit-schedule',
    component: page(() => import('../pages/schedules/ScheduleFormPage.vue')),
  },
  { path: '/verify', name: 'verify', component: page(() => import('../pages/verify/VerifyPage.vue')) },
  {
    path: '/administration/:tab?',
    name: 'administration',
    component: page(() => import('../pages/administration/AdministrationPage.vue')),
  },
  { path: '/:path(.*)*', name: 'not-found', component: page(() => import('../pages/NotFoundPage.vue')) },
];
