package io.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtectedAddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://catalog.example",
        "https://catalog.example:8181/v1?a=b",
        "http://localhost",
        "http://localhost:8181/",
        "http://127.0.0.1:1/v1",
        "http://[::1]:8181"
      })
  void whatNobodyHears(String address) {
    assertThat(ProtectedAddress.is(address)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "catalog.example",
        "https://",
        "http://catalog.example",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://127.0.0.1@catalog.example/",
        "http://localhost:80@catalog.example/",
        "http://catalog.example/http://localhost",
        "ftp://localhost"
      })
  void whatOthersMayHear(String address) {
    assertThat(ProtectedAddress.is(address)).isFalse();
  }
}
