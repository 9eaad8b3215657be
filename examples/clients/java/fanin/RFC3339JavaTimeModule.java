package fanin;

/** In the place of the generated one, which needs a library for dates: nothing here has any. */
class RFC3339JavaTimeModule extends com.fasterxml.jackson.databind.module.SimpleModule {
  private static final long serialVersionUID = 1;
}
