"""Which of dbt's tests of adapters are run, with the types that Spark has where they need some.

Left out is what dbt-spark does not claim: grants, Python models, clones, comments on queries, and the
constraints that only Delta's tables enforce.
"""

import importlib

import pytest
from dbt.tests.adapter.constraints import test_constraints as constraints
from dbt.tests.adapter.incremental import test_incremental_merge_exclude_columns as exclude
from dbt.tests.adapter.incremental import test_incremental_predicates as predicates
from dbt.tests.adapter.simple_seed import test_seed_type_override as seed_types
from dbt.tests.adapter.unit_testing import test_types as unit_types
from dbt.tests.adapter.utils import test_current_timestamp as current
from dbt.tests.adapter.utils import test_escape_single_quotes as quotes

TAKEN = {
    "basic.test_adapter_methods": ["BaseAdapterMethod"],
    "basic.test_base": ["BaseSimpleMaterializations"],
    "basic.test_docs_generate": ["BaseDocsGenerate", "BaseDocsGenReferences"],
    "basic.test_empty": ["BaseEmpty"],
    "basic.test_ephemeral": ["BaseEphemeral"],
    "basic.test_generic_tests": ["BaseGenericTests"],
    "basic.test_incremental": ["BaseIncremental", "BaseIncrementalNotSchemaChange"],
    "basic.test_singular_tests": ["BaseSingularTests"],
    "basic.test_singular_tests_ephemeral": ["BaseSingularTestsEphemeral"],
    "basic.test_snapshot_check_cols": ["BaseSnapshotCheckCols"],
    "basic.test_snapshot_timestamp": ["BaseSnapshotTimestamp"],
    "basic.test_table_materialization": ["BaseTableMaterialization"],
    "basic.test_validate_connection": ["BaseValidateConnection"],
    "aliases.test_aliases": ["BaseAliases", "BaseAliasErrors", "BaseSameAliasDifferentSchemas"],
    "caching.test_caching": [
        "BaseCachingLowercaseModel",
        "BaseCachingUppercaseModel",
        "BaseCachingSelectedSchemaOnly",
        "BaseNoPopulateCache",
    ],
    "concurrency.test_concurrency": ["BaseConcurrency"],
    "dbt_show.test_dbt_show": ["BaseShowLimit", "BaseShowSqlHeader"],
    "empty.test_empty": ["BaseTestEmpty"],
    "ephemeral.test_ephemeral": [
        "BaseEphemeralMulti",
        "BaseEphemeralNested",
        "BaseEphemeralErrorHandling",
    ],
    "incremental.test_incremental_microbatch": ["BaseMicrobatch"],
    "incremental.test_incremental_on_schema_change": ["BaseIncrementalOnSchemaChange"],
    "incremental.test_incremental_unique_id": ["BaseIncrementalUniqueKey"],
    "persist_docs.test_persist_docs": ["BasePersistDocs", "BasePersistDocsColumnMissing"],
    "relations.test_changing_relation_type": ["BaseChangeRelationTypeValidator"],
    "relations.test_dropping_schema_named": ["BaseDropSchemaNamed"],
    "simple_copy.test_simple_copy": ["EmptyModelsArentRunBase", "SimpleCopyBase"],
    "simple_seed.test_seed": [
        "BaseBasicSeedTests",
        "BaseSeedConfigFullRefreshOff",
        "BaseSeedConfigFullRefreshOn",
        "BaseSeedCustomSchema",
        "BaseSeedParsing",
        "BaseSeedSpecificFormats",
        "BaseSeedWithUniqueDelimiter",
        "BaseSimpleSeedEnabledViaConfig",
        "BaseSimpleSeedWithBOM",
        "BaseTestEmptySeed",
    ],
    "simple_snapshot.test_snapshot": ["BaseSimpleSnapshot", "BaseSnapshotCheck"],
    "store_test_failures_tests.test_store_test_failures": ["BaseStoreTestFailures"],
    "unit_testing.test_case_insensitivity": ["BaseUnitTestCaseInsensivity"],
    "unit_testing.test_invalid_input": ["BaseUnitTestInvalidInput"],
    "utils.test_any_value": ["BaseAnyValue"],
    "utils.test_array_append": ["BaseArrayAppend"],
    "utils.test_array_concat": ["BaseArrayConcat"],
    "utils.test_array_construct": ["BaseArrayConstruct"],
    "utils.test_bool_or": ["BaseBoolOr"],
    "utils.test_cast": ["BaseCast"],
    "utils.test_cast_bool_to_text": ["BaseCastBoolToText"],
    "utils.test_concat": ["BaseConcat"],
    "utils.test_date": ["BaseDate"],
    "utils.test_date_spine": ["BaseDateSpine"],
    "utils.test_date_trunc": ["BaseDateTrunc"],
    "utils.test_dateadd": ["BaseDateAdd"],
    "utils.test_datediff": ["BaseDateDiff"],
    "utils.test_equals": ["BaseEquals"],
    "utils.test_except": ["BaseExcept"],
    "utils.test_generate_series": ["BaseGenerateSeries"],
    "utils.test_get_intervals_between": ["BaseGetIntervalsBetween"],
    "utils.test_get_powers_of_two": ["BaseGetPowersOfTwo"],
    "utils.test_hash": ["BaseHash"],
    "utils.test_intersect": ["BaseIntersect"],
    "utils.test_last_day": ["BaseLastDay"],
    "utils.test_length": ["BaseLength"],
    "utils.test_listagg": ["BaseListagg"],
    "utils.test_null_compare": ["BaseMixedNullCompare", "BaseNullCompare"],
    "utils.test_position": ["BasePosition"],
    "utils.test_replace": ["BaseReplace"],
    "utils.test_right": ["BaseRight"],
    "utils.test_safe_cast": ["BaseSafeCast"],
    "utils.test_split_part": ["BaseSplitPart"],
    "utils.test_string_literal": ["BaseStringLiteral"],
    "utils.data_types.test_type_bigint": ["BaseTypeBigInt"],
    "utils.data_types.test_type_boolean": ["BaseTypeBoolean"],
    "utils.data_types.test_type_float": ["BaseTypeFloat"],
    "utils.data_types.test_type_int": ["BaseTypeInt"],
    "utils.data_types.test_type_numeric": ["BaseTypeNumeric"],
    "utils.data_types.test_type_string": ["BaseTypeString"],
    "utils.data_types.test_type_timestamp": ["BaseTypeTimestamp"],
}

for path, names in TAKEN.items():
    taken = importlib.import_module("dbt.tests.adapter." + path)
    for name in names:
        test = "Test" + name.replace("Base", "")
        if test in globals():
            # Two modules have a class of this name.
            test += "Of" + path.split(".")[0].capitalize()
        globals()[test] = type(test, (getattr(taken, name),), {"__module__": __name__})


class TestCurrentTimestamp(current.BaseCurrentTimestampNaive):
    pass


class TestEscapeSingleQuotes(quotes.BaseEscapeSingleQuotesBackslash):
    pass


class TestMergeExcludeColumns(exclude.BaseMergeExcludeColumns):
    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {"models": {"+incremental_strategy": "merge"}}


class TestIncrementalPredicates(predicates.BaseIncrementalPredicates):
    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {
            "models": {
                "+incremental_strategy": "merge",
                "+incremental_predicates": ["dbt_internal_dest.id != 2"],
            }
        }


class TestSeedColumnOverride(seed_types.BaseSimpleSeedColumnOverride):
    @staticmethod
    def seed_enabled_types():
        return {"seed_id": "bigint", "birthday": "timestamp"}

    @staticmethod
    def seed_tricky_types():
        return {"seed_id_str": "string", "looks_like_a_bool": "string", "looks_like_a_date": "string"}


class TestUnitTestingTypes(unit_types.BaseUnitTestingTypes):
    @pytest.fixture
    def data_types(self):
        return [
            ["1", "1"],
            ["2.0", "2.0"],
            ["'12345'", "12345"],
            ["'string'", "string"],
            ["true", "true"],
            ["date '2011-11-11'", "2011-11-11"],
            ["timestamp '2013-11-03 00:00:00-0'", "2013-11-03 00:00:00-0"],
            ["array(1, 2, 3)", "'array(1, 2, 3)'"],
            ["map('10', 't', '15', 'f')", """'map("10", "t", "15", "f")'"""],
            ["named_struct('a', 1, 'b', 2)", """'named_struct("a", 1, "b", 2)'"""],
        ]


class Types:
    """Spark's names of types, in contracts and in what dbt says of them."""

    @pytest.fixture
    def string_type(self):
        return "string"

    @pytest.fixture
    def int_type(self):
        return "int"

    @pytest.fixture
    def data_types(self, int_type, string_type):
        return [
            ["1", int_type, int_type],
            ['"1"', string_type, string_type],
            ["true", "boolean", "boolean"],
            ["array('a', 'b')", "array<string>", "array"],
            ["date '2024-01-02'", "date", "date"],
            ["timestamp '2024-01-02 03:04:05'", "timestamp", "timestamp"],
            ["cast(1 as decimal(10, 2))", "decimal", "decimal"],
        ]


class TestTableConstraints(Types, constraints.BaseTableConstraintsColumnsEqual):
    pass


class TestViewConstraints(Types, constraints.BaseViewConstraintsColumnsEqual):
    pass


class TestIncrementalConstraints(Types, constraints.BaseIncrementalConstraintsColumnsEqual):
    pass
