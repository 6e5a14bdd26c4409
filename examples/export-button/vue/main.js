import { createApp } from 'vue';
import ExportMenu from './ExportMenu.vue';

createApp(ExportMenu, { sessionId: 'BOARD_ID' }).mount('#app');
