package com.fasterxml.jackson.datatype.jsr310;

/** In the place of a library for dates that Debian does not have: nothing here has any. */
public class JavaTimeModule extends com.fasterxml.jackson.databind.module.SimpleModule {
  private static final long serialVersionUID = 1;
}
