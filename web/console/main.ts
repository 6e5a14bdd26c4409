import { createApp } from 'vue';
import { createRouter, createWebHashHistory } from 'vue-router';
import App from './App.vue';
import { takeArrival } from './session/arrival';
import { whenSignedIn } from './session/session';
import { PAGES, ROUTES } from './shell/pages';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './theme';

const arrival = takeArrival();
const router = createRouter({ history: createWebHashHistory(), routes: [...ROUTES] });
router.beforeEach(async ({ name }) => {
  await whenSignedIn();
  const page = PAGES.find((one) => one.name === name);
  return page === undefined || page.isAllowed() ? true : { name: 'not-found', params: { path: ['no'] } };
});

createApp(App, { arrival }).use(router).mount('#app');
