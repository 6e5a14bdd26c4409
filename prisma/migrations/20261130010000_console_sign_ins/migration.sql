-- The ids of sign-in links to the console that were used, so that each works once. Rows of expired links are deleted.
CREATE TABLE "console_sign_ins" (
    "id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "console_sign_ins_pkey" PRIMARY KEY ("id")
);
