import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma',
  migrations: { path: 'prisma/migrations' },
  // Absent while generating the client, which asks for no database.
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
});
