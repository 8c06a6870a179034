using dnlib.DotNet;
using dnlib.DotNet.Emit;

namespace CloudTrailAggregation.Tests.Structure;

/// <summary>
/// Which types each type of a compiled assembly uses. No form of source code can hide a dependency from it.
/// </summary>
internal static class AssemblyUse
{
    /// <summary>
    /// Each type that uses another one, and the one it uses, by their full names. A nested type counts as its outermost
    /// type.
    /// </summary>
    public static IReadOnlyCollection<(string User, string Used)> Of(string assembly)
    {
        using var module = ModuleDefMD.Load(assembly, new ModuleCreationOptions { TryToLoadPdbFromDisk = false });
        var uses = new HashSet<(string, string)>();
        foreach (var type in module.GetTypes())
        {
            string user = Outermost(type);
            foreach (var used in UsedBy(type))
            {
                uses.Add((user, Outermost(used)));
            }
        }

        uses.RemoveWhere(use => use.Item1 == use.Item2);
        return uses;
    }

    private static string Outermost(IType type)
    {
        while (type.ScopeType?.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.ScopeType?.FullName ?? type.FullName;
    }

    private static IEnumerable<IType> UsedBy(TypeDef type) =>
    [
        .. Parts(type.BaseType?.ToTypeSig()),
        .. type.Interfaces.SelectMany(each => Parts(each.Interface.ToTypeSig())),
        .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
        .. type.GenericParameters.SelectMany(parameter => parameter.GenericParamConstraints)
            .SelectMany(each => Parts(each.Constraint.ToTypeSig())),
        .. type.Fields.SelectMany(field => Parts(field.FieldType)),
        .. type.Methods.SelectMany(method => UsedBy(method)),
    ];

    private static IEnumerable<IType> UsedBy(MethodDef method) =>
    [
        .. Parts(method.MethodSig),
        .. method.HasBody ? method.Body.Variables.SelectMany(variable => Parts(variable.Type)) : [],
        .. method.HasBody
            ? method.Body.ExceptionHandlers.SelectMany(handler => Parts(handler.CatchType?.ToTypeSig()))
            : [],
        .. method.HasBody ? method.Body.Instructions.SelectMany(instruction => UsedBy(instruction)) : [],
    ];

    private static IEnumerable<IType> UsedBy(Instruction instruction) => instruction.Operand switch
    {
        ITypeDefOrRef type => Parts(type.ToTypeSig()),
        MethodSpec generic =>
        [
            .. Parts(generic.DeclaringType?.ToTypeSig()),
            .. generic.GenericInstMethodSig.GenericArguments.SelectMany(Parts),
            .. Parts(generic.Method.MethodSig),
        ],
        IMethod { MethodSig: not null } method =>
            [.. Parts(method.DeclaringType?.ToTypeSig()), .. Parts(method.MethodSig)],
        IField { FieldSig: not null } field =>
            [.. Parts(field.DeclaringType?.ToTypeSig()), .. Parts(field.FieldSig.Type)],
        _ => [],
    };

    private static IEnumerable<IType> Parts(MethodSig signature) =>
        [.. Parts(signature.RetType), .. signature.Params.SelectMany(Parts)];

    /// <summary>The types that a type consists of: elements of arrays, generic arguments.</summary>
    private static IEnumerable<IType> Parts(TypeSig? signature) => signature switch
    {
        null or GenericSig => [],
        GenericInstSig generic => [.. Parts(generic.GenericType), .. generic.GenericArguments.SelectMany(Parts)],
        FnPtrSig pointer => Parts(pointer.MethodSig),
        TypeDefOrRefSig leaf => [leaf.TypeDefOrRef],
        _ => Parts(signature.Next),
    };
}
